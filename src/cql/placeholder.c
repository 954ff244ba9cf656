/* SPDX-License-Identifier: Apache-2.0 */
typedef int cql_is_empty;

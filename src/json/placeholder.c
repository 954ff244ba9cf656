/* SPDX-License-Identifier: Apache-2.0 */
typedef int json_is_empty;

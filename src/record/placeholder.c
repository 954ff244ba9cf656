/* SPDX-License-Identifier: Apache-2.0 */
typedef int record_is_empty;

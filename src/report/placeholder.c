/* SPDX-License-Identifier: Apache-2.0 */
typedef int report_is_empty;

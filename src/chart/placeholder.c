/* SPDX-License-Identifier: Apache-2.0 */
typedef int chart_is_empty;

/* SPDX-License-Identifier: Apache-2.0 */
typedef int pack_is_empty;

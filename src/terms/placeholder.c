/* SPDX-License-Identifier: Apache-2.0 */
typedef int terms_is_empty;

/* SPDX-License-Identifier: Apache-2.0 */
typedef int api_is_empty;

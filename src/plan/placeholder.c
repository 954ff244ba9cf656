/* SPDX-License-Identifier: Apache-2.0 */
typedef int plan_is_empty;

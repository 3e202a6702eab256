# SPDX-License-Identifier: Apache-2.0
# The program: a thin front that uses installed headers only.

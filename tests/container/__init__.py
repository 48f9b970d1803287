# SPDX-License-Identifier: ISC
"""A package, so that its conftest and that of tests/system do not shadow each other."""

// SPDX-License-Identifier: Apache-2.0
// no source at all

/* SPDX-License-Identifier: Apache-2.0 */
/* The version that commands, pages and runs tell. */
#ifndef RISER_BRIDGE_VERSION_H
#define RISER_BRIDGE_VERSION_H

#define RISER_VERSION "0.1"

#endif /* RISER_BRIDGE_VERSION_H */

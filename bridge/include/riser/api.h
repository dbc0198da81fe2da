/* SPDX-License-Identifier: Apache-2.0 */
/* What libriser exports. Everything without RISER_API is hidden. */
#ifndef RISER_API_H
#define RISER_API_H

#define RISER_API __attribute__((visibility("default")))

#endif /* RISER_API_H */

# SPDX-License-Identifier: Apache-2.0
# Compiles Verilator's runtime and the parts of the harness that do not depend on
# the model, once for each version and set of flags. OBJS: what is wanted.
INCLUDES := -I$(HARNESS) -I$(HARNESS)/../../bridge/include -isystem $(ROOT)/include \
	-isystem $(ROOT)/include/vltstd

all: $(OBJS)

$(filter verilated%,$(OBJS)): %.o: $(ROOT)/include/%.cpp
	$(CXX) $(FLAGS) $(OPT) -w -include $(HARNESS)/vl_user.h $(INCLUDES) -c -o $@ $<
$(filter-out verilated%,$(OBJS)): %.o: $(HARNESS)/%.cc
	$(CXX) $(FLAGS) $(OPT) -Wall -Wextra -Wshadow -Werror -include $(HARNESS)/vl_user.h \
		$(INCLUDES) -c -o $@ $<

# SPDX-License-Identifier: Apache-2.0
# Compiles and links one model in the folder that Verilator wrote. The builder
# (sim/build-model) gives: HARNESS (this folder), ROOT (Verilator's own), RUNTIME
# (folder of compiled runtime objects), CXX, FLAGS, OPT_FAST, OPT_SLOW, USER_SRCS; MAIN, a
# program that takes the harness's place; SIGNALS, not empty: some can be reached by name.
include Vriser_classes.mk

INCLUDES := -I. -I$(HARNESS) -I$(HARNESS)/../../bridge/include -isystem $(ROOT)/include \
	-isystem $(ROOT)/include/vltstd

FAST := $(addsuffix .o,$(VM_CLASSES_FAST) $(VM_SUPPORT_FAST))
SLOW := $(addsuffix .o,$(VM_CLASSES_SLOW) $(VM_SUPPORT_SLOW))
OWN := $(if $(MAIN),main.o,harness.o entry.o)
USER := $(addprefix user_,$(addsuffix .o,$(notdir $(basename $(USER_SRCS)))))
RUNTIME_OBJS := $(addprefix $(RUNTIME)/,$(addsuffix .o,$(VM_GLOBAL_FAST) $(VM_GLOBAL_SLOW)) \
	messages.o $(if $(filter verilated_save,$(VM_GLOBAL_FAST)),state.o) \
	$(if $(filter 1,$(VM_TRACE_FST)),trace.o) $(if $(SIGNALS),signals.o))

ifdef MAIN
SHAPE := -pie -Wl,--wrap=fopen
else
SHAPE := -shared -Wl,--wrap=fopen -Wl,--version-script=$(HARNESS)/model.map -Wl,-Bsymbolic -Wl,-z,defs
endif

model.so: $(OWN) $(FAST) $(SLOW) $(USER)
	$(CXX) -o $@ $^ $(RUNTIME_OBJS) $(SHAPE) -Wl,--gc-sections $(LIBS)

main.o: $(MAIN)
	$(CXX) $(FLAGS) -Wall -Wextra -Wshadow -Werror $(OPT_FAST) $(INCLUDES) -iquote $(dir $(MAIN)) -c -o $@ $<
harness.o entry.o: %.o: $(HARNESS)/%.cc
	$(CXX) $(FLAGS) -Wall -Wextra -Wshadow -Werror $(OPT_FAST) $(INCLUDES) -c -o $@ $<
$(FAST): %.o: %.cpp
	$(CXX) $(FLAGS) $(OPT_FAST) $(INCLUDES) -c -o $@ $<
$(SLOW): %.o: %.cpp
	$(CXX) $(FLAGS) $(OPT_SLOW) $(INCLUDES) -c -o $@ $<

define user_rule
user_$(notdir $(basename $(1))).o: $(1)
	$$(CXX) $$(FLAGS) $$(OPT_FAST) $$(INCLUDES) -c -o $$@ $$<
endef
$(foreach s,$(USER_SRCS),$(eval $(call user_rule,$(s))))

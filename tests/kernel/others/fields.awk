# SPDX-License-Identifier: Apache-2.0
# Of kernel/uapi/pciem.h: STRUCT(name), FIELD(name, field) and COMMAND(name) for each
# that it defines, in its order.
/^struct [a-z_]+ \{$/ { name = $2; print "STRUCT(" name ")"; next }
name && /^\};$/ { name = ""; next }
name && match($0, /[a-z_0-9]+(\[[A-Za-z_0-9]*\])?;$/) {
	field = substr($0, RSTART, RLENGTH)
	sub(/[[;].*/, "", field)
	print "FIELD(" name ", " field ")"
	next
}
name { print "#error a line of struct " name " is not understood: " $0 }
/^#define PCIEM_IOC_[A-Z_]+[ \t]+_IO/ { print "COMMAND(" $2 ")" }

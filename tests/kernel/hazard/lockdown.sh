# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# H57: under lockdown the module, which is not signed, is refused, and that is all.
mount -t securityfs securityfs /sys/kernel/security
riser_check lockdown.on grep '\[integrity\]' /sys/kernel/security/lockdown
riser_refuse lockdown.refused insmod /riser/pciem.ko
riser_refuse lockdown.no_node test -e /dev/pciem
riser_check lockdown.said eval 'dmesg | grep -i "lockdown.*unsigned module\|module.*signature"'

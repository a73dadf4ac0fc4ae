# SPDX-License-Identifier: Apache-2.0
# Packages the core for Vivado's IP catalogue:  vivado -mode batch -source vivado_package.tcl
#
# NOT TRIED: nobody who wrote this had Vivado. It is made from the documentation of `ipx::` commands, for the one thing
# that component.xml cannot do here: Vivado reads IP-XACT of 2009 with extensions of its own, not IEEE 1685-2014. The
# AXI4-Stream and AXI4 interfaces are inferred from the names of the ports; the register map is in component.xml and
# itnet_regs.h. The folder `vivado_ip` is made anew.
set root [file normalize [file dirname [info script]]]
set ip [file join $root vivado_ip]
file delete -force $ip
create_project -in_memory itnet
# The order of the sources is that of the manifest.
set manifest [open [file join $root manifest.json]]
set text [read $manifest]
close $manifest
regexp {"sources": \[([^]]*)\]} $text -> list
foreach {- source} [regexp -all -inline {"([^"]+)"} $list] {
    add_files -norecurse [file join $root $source]
}
add_files -norecurse [glob [file join $root mem *.hex]]
set_property file_type {Memory Initialization Files} [get_files *.hex]
set_property top itnet_top [current_fileset]
ipx::package_project -root_dir $ip -vendor hwgen -library itnet -taxonomy /UserIP -import_files -force
set core [ipx::current_core]
set_property display_name {ItNet segmentation core} $core
foreach interface [ipx::get_bus_interfaces -of_objects $core] {
    ipx::associate_bus_interfaces -busif [get_property name $interface] -clock aclk $core
}
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity $core
ipx::save_core $core

// SPDX-License-Identifier: Apache-2.0
// The register map, for the modules that decode it. Generated from registers.yaml (cargo xtask registers).
//
// The same in every core: two of them fit into one design.
`default_nettype none
package hwg_reg_pkg;
{% for r in registers %}
  localparam [{{ address_bits - 1 }}:0] {{ r.name }} = {{ address_bits }}'h{{ r.lower }};
{% if r.count > 1 %}
  localparam integer {{ r.name }}_COUNT = {{ r.count }};
{% endif %}
{% if r.plain and r.access == 'ro' and r.plain != '00000000' %}
  localparam [31:0] {{ r.name }}_RESET = 32'h{{ r.reset|lower }};
{% endif %}
{% for f in r.fields %}
{% if f.single %}
  localparam integer {{ r.name }}_{{ f.name }} = {{ f.low }};
{% else %}
  localparam integer {{ r.name }}_{{ f.name }}_LOW = {{ f.low }};
  localparam integer {{ r.name }}_{{ f.name }}_HIGH = {{ f.high }};
{% endif %}
{% endfor %}
{% endfor %}
endpackage
`default_nettype wire

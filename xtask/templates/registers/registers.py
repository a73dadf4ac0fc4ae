"""The register map, for the cocotb client. Generated from registers.yaml (cargo xtask registers)."""

{% for r in registers %}
{{ r.name }} = 0x{{ r.address }}
{% endfor %}

{% for r in registers %}
{% for f in r.fields %}
{{ r.name }}_{{ f.name }} = 0x{{ f.plain }}
{% endfor %}
{% endfor %}

ID_VALUE = {% for r in registers if r.name == "ID" %}0x{{ r.plain }}{% endfor %}


# Value after reset, where it is the same in every core; addresses that every core has.
RESET = {
{% for r in registers if r.plain and not r.feedback %}
    {{ r.name }}: 0x{{ r.plain }},
{% endfor %}
}
EVERYWHERE = [
{% for r in registers if not r.feedback %}
    {{ r.name }},
{% endfor %}
]

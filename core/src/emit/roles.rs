//! What the instances of a core do, for reports of what a tool made of it.

/// Where they are in a design around the core.
pub const INSIDE: &str = "u_core.";
/// Instances of `hwg_core` and their roles; none of the names is part of another.
pub const ROLES: [(&str, &str); 18] = [
    ("u_ring", "ring"),
    ("u_line_ring", "ring"),
    ("u_lines", "data block"),
    ("u_expand", "expand"),
    ("u_depthwise", "depthwise"),
    ("u_project", "project"),
    ("u_state", "project"),
    ("u_classify", "heads"),
    ("u_logit_sum", "heads"),
    ("u_upsample", "up-sampling"),
    ("u_loader", "operands"),
    ("u_store", "state and feedback"),
    ("u_feedback", "state and feedback"),
    ("u_base", "control"),
    ("u_patch", "data block"),
    ("u_video_in", "data block"),
    ("u_control", "control"),
    ("u_axil", "control"),
];
/// Role of what belongs to none of them.
pub const REST: &str = "control";

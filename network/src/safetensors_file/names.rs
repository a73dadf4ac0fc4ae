//! Names of tensors in checkpoints: wrappers of PyTorch put a prefix before every one.
//!
//! `DistributedDataParallel` writes `module.`, `torch.compile` `_orig_mod.`, Lightning and many training loops `model.`,
//! and they nest. Owns: which prefix a file has. Leaves alone: what is wrong with the tensors behind it.

use std::collections::{BTreeMap, BTreeSet};

/// The prefix, such as `module.`, behind which most of the wanted names are found; empty unless that is more than
/// without one.
pub fn common_prefix<'a>(names: impl Iterator<Item = &'a str>, wanted: &BTreeSet<&str>) -> &'a str {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        let starts = std::iter::once(0).chain(name.match_indices('.').map(|(dot, _)| dot + 1));
        for start in starts.filter(|&start| wanted.contains(&name[start..])) {
            *found.entry(&name[..start]).or_default() += 1;
        }
    }
    // Of equals the first, so that no prefix wins over any.
    found.into_iter().rev().max_by_key(|&(_, count)| count).map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix<'a>(names: &[&'a str]) -> &'a str {
        common_prefix(names.iter().copied(), &BTreeSet::from(["data.0.weight", "data.1.weight", "head.0.bias"]))
    }

    #[test]
    fn the_prefix_of_most_names_counts() {
        assert_eq!(prefix(&["data.0.weight", "head.0.bias"]), "");
        assert_eq!(prefix(&["module.data.0.weight", "module.head.0.bias", "step"]), "module.");
        assert_eq!(prefix(&["model._orig_mod.data.0.weight"]), "model._orig_mod.");
        assert_eq!(prefix(&["ema.data.0.weight", "model.data.0.weight", "model.data.1.weight"]), "model.");
        assert_eq!(prefix(&["data.0.weight", "model.data.1.weight"]), "");
        assert_eq!(prefix(&["conv1.weight", ""]), "");
    }
}

//! From an emitted folder to a loadable library.
//!
//! Owns: the command lines, what the cache key is made of, and the library's life. Memory files are read when a
//! simulation starts, so their contents are no part of the key: the same core with other weights is not built again.
//!
//! Three parts are compiled: Verilator's runtime (once per tool version and flags), a precompiled header of it (the
//! same), and the generated model with `cpp/design.cpp`.

use super::cache::{Cache, Key, Unfinished};
use super::error::CosimError;
use super::ffi::bridge;
use super::manifest::Manifest;
use super::toolchain::{NATIVE, Toolchain};
use hwgen_network::Size;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const DESIGN_CPP: &str = include_str!("../../cpp/design.cpp");
const DESIGN_ABI: &str = include_str!("../../cpp/design_abi.h");
/// Cycles of a training run at most.
const MAX_TRAINING: u64 = 10_000_000;
const PRELUDE: &str = "#include \"verilated.h\"\n#include \"verilated_syms.h\"\n#include \"verilated_dpi.h\"\n";
/// What both the runtime and the model are compiled with.
const COMMON: [&str; 13] = [
    "-std=c++17",
    "-w",
    "-fPIC",
    "-fvisibility=hidden",
    "-DVM_COVERAGE=0",
    "-DVM_SC=0",
    "-DVM_TRACE_VCD=0",
    "-DVL_USER_FINISH",
    "-DVL_USER_STOP",
    "-DVL_USER_FATAL",
    "-DVL_USER_WARN",
    "-fno-stack-protector",
    "-U_FORTIFY_SOURCE",
];

/// What the compiled library shall be good at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Short simulations of many designs.
    FastBuild,
    /// Longer simulations of one design.
    #[default]
    FastRun,
    /// The longest: an instrumented build runs for a while and tells the compiler what to make fast. The build takes
    /// about three times as long, a cycle about 0.7 times. Where that is not possible (Clang, feedback outside of the core, no
    /// prediction), as `FastRun`.
    Guided,
}

impl Profile {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::FastBuild => &["-O1"],
            Self::FastRun => &["-O3", NATIVE],
            Self::Guided => &["-O3", NATIVE, "-fno-trapping-math"],
        }
    }
}

/// The two forms of the library's technology layer (docs/adr/0009).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RtlForm {
    /// Behavioural models: the fastest simulation.
    #[default]
    Behaviour,
    /// The structure that synthesis tools see.
    Structure,
}

/// How to build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// What to optimise.
    pub profile: Profile,
    /// What the technology layer of the library is simulated as.
    pub form: RtlForm,
    /// Whether waveforms can be written.
    pub trace: bool,
    /// Whether the library stays in the cache; the fuzzer's do not.
    pub keep: bool,
    /// Where the cache is.
    pub cache: Cache,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            form: RtlForm::default(),
            trace: false,
            keep: true,
            cache: Cache::standard(),
        }
    }
}

/// A compiled design.
#[derive(Debug)]
pub struct Library {
    /// The file to load.
    pub path: PathBuf,
    /// Whether it was in the cache.
    pub cached: bool,
    /// One was in the cache and had been changed since; this is a new one.
    pub was_damaged: bool,
    /// Seconds spent on building.
    pub seconds: f64,
    _removal: Option<Unfinished>,
}

/// Builds the core in `folder`, or finds it in the cache.
pub fn build(folder: &Path, manifest: &Manifest, options: &BuildOptions) -> Result<Library, CosimError> {
    let start = Instant::now();
    let tools = Toolchain::find()?;
    let recipe = Recipe::new(manifest, options, tools.is_clang);
    let key = design_key(folder, &recipe, &tools.version)?;
    let (name, remove) = options.cache.name("design", &key, options.keep);
    let removal = remove.then(|| options.cache.removal(&name));
    let entry = options.cache.entry(&name, |work| {
        let runtime = runtime(&options.cache, tools, &recipe)?;
        compile_design(folder, tools, &recipe, &runtime, work)
    })?;
    Ok(Library {
        path: entry.path.join("design.so"),
        cached: entry.cached,
        was_damaged: entry.was_damaged,
        seconds: start.elapsed().as_secs_f64(),
        _removal: removal,
    })
}

/// What decides the bytes of a library, apart from the sources.
struct Recipe {
    verilator: Vec<String>,
    sources: Vec<String>,
    flags: Vec<String>,
    trace: bool,
    parts: bool,
    training: Option<Training>,
}

impl Recipe {
    fn new(manifest: &Manifest, options: &BuildOptions, is_clang: bool) -> Self {
        let training = Training::new(manifest).filter(|_| options.profile == Profile::Guided && !is_clang);
        let profile = match options.profile {
            Profile::Guided if training.is_none() => Profile::FastRun,
            profile => profile,
        };
        let mut verilator: Vec<String> = ["--cc", "-O3", "--x-assign", "unique", "--x-initial", "unique", "--noassert"]
            .into_iter()
            .chain(["-Wno-fatal", "-Wno-lint", "-Wno-style", "--prefix", "Vitnet", "--top-module"])
            .map(str::to_owned)
            .collect();
        verilator.push(manifest.top.clone());
        let parts = profile == Profile::FastRun;
        if profile == Profile::FastBuild {
            // Half of Verilator's time on a core with many jobs, and what it finds is not missed in a short simulation.
            verilator.push("-fno-dfg".to_owned());
        }
        if training.is_none() {
            // GCC needs more than twice the time for a function of twice the size, but makes the better code of it.
            verilator.extend(["--output-split-cfuncs", "1000"].map(str::to_owned));
        }
        // Files are for several compilers at once.
        if parts {
            verilator.extend(["--output-split", "10000"].map(str::to_owned));
        }
        if options.trace {
            verilator.push("--trace-fst".to_owned());
        }
        if options.form == RtlForm::Structure {
            verilator.push("-DSYNTHESIS".to_owned());
        }
        let mut flags: Vec<String> = COMMON.iter().chain(profile.flags()).map(|&f| f.to_owned()).collect();
        if !is_clang {
            // Unique symbols would be shared between libraries and keep them from being unloaded; Clang has none.
            flags.push("-fno-gnu-unique".to_owned());
        }
        let bit = |name: &str, set: bool| format!("-D{name}={}", u8::from(set));
        flags.push(bit("VM_TRACE", options.trace));
        flags.push(bit("VM_TRACE_FST", options.trace));
        flags.push(bit("HWG_TRACE", options.trace));
        flags.push(bit("HWG_STREAM", manifest.has_stream()));
        flags.push(bit("HWG_AXI", manifest.feedback.axi.is_some()));
        let mut sources = vec!["probes.vlt".to_owned()];
        sources.extend(manifest.sources.iter().cloned());
        Self { verilator, sources, flags, trace: options.trace, parts, training }
    }

    fn key(&self, kind: &str, version: &str) -> Key {
        let flags = self.flags.join(" ");
        Key::new(kind).with("tools", version.as_bytes()).with("flags", flags.as_bytes())
    }
}

fn design_key(folder: &Path, recipe: &Recipe, version: &str) -> Result<String, CosimError> {
    let mut key = recipe.key("design", version).with("verilator", recipe.verilator.join(" ").as_bytes());
    key = key.with("shim", DESIGN_CPP.as_bytes()).with("abi", DESIGN_ABI.as_bytes());
    for source in &recipe.sources {
        let path = folder.join(source);
        key = key.with(source, &fs::read(&path).map_err(CosimError::file("read", &path))?);
    }
    Ok(key.finish())
}

/// The runtime and its precompiled header.
fn runtime(cache: &Cache, tools: &Toolchain, recipe: &Recipe) -> Result<PathBuf, CosimError> {
    let name =
        format!("runtime-{}", recipe.key("runtime", &tools.version).with("prelude", PRELUDE.as_bytes()).finish());
    let entry = cache.entry(&name, |work| {
        write(&work.join("prelude.h"), PRELUDE)?;
        let mut files = vec!["verilated.cpp", "verilated_threads.cpp"];
        if recipe.trace {
            files.push("verilated_fst_c.cpp");
        }
        let mut jobs: Vec<Vec<OsString>> =
            files.iter().map(|file| object(tools, recipe, &tools.include.join(file), Path::new(file))).collect();
        if !tools.is_clang {
            // Clang refuses a precompiled header whose folder was renamed after it was made.
            let mut header = flags(tools, recipe);
            header.extend(["-x", "c++-header", "prelude.h", "-o", "prelude.h.gch"].map(OsString::from));
            jobs.push(header);
        }
        in_parallel(&jobs, |job| tools.compile("compile", work, job))
    })?;
    Ok(entry.path)
}

fn compile_design(
    folder: &Path,
    tools: &Toolchain,
    recipe: &Recipe,
    runtime: &Path,
    work: &Path,
) -> Result<(), CosimError> {
    let generated = work.join("generated");
    let mut arguments: Vec<OsString> = recipe.verilator.iter().map(OsString::from).collect();
    arguments.push("--Mdir".into());
    arguments.push(generated.clone().into());
    arguments.extend(recipe.sources.iter().map(OsString::from));
    tools.verilate(folder, &arguments)?;
    write(&generated.join("design.cpp"), DESIGN_CPP)?;
    write(&generated.join("design_abi.h"), DESIGN_ABI)?;

    let sources = if recipe.parts { generated_sources(&generated)? } else { vec![unity(&generated)?] };
    if let Some(training) = recipe.training {
        library(tools, recipe, &generated, &sources, runtime, "instrumented.so", &["-fprofile-generate"])?;
        training.run(&generated.join("instrumented.so"), folder)?;
        library(tools, recipe, &generated, &sources, runtime, "../design.so", &["-fprofile-use"])?;
    } else {
        library(tools, recipe, &generated, &sources, runtime, "../design.so", &[])?;
    }
    fs::remove_dir_all(&generated).map_err(CosimError::file("remove", &generated))
}

/// Compiles the sources in `folder`, with flags besides the recipe's, and links them with the runtime.
fn library(
    tools: &Toolchain,
    recipe: &Recipe,
    folder: &Path,
    sources: &[PathBuf],
    runtime: &Path,
    name: &str,
    extra: &[&str],
) -> Result<(), CosimError> {
    let jobs: Vec<Vec<OsString>> = sources
        .iter()
        .map(|source| {
            let mut job = object(tools, recipe, source, source);
            job.push("-I.".into());
            if extra.is_empty() {
                // The header is compiled with the recipe's flags alone.
                job.extend(["-include".into(), runtime.join("prelude.h").into()]);
            }
            job.extend(extra.iter().map(OsString::from));
            job
        })
        .collect();
    in_parallel(&jobs, |job| tools.compile("compile", folder, job))?;

    let mut link: Vec<OsString> =
        ["-shared", "-Wl,-Bsymbolic", "-Wl,--wrap=fopen,--wrap=fwrite,--wrap=fflush", "-o", name]
            .map(OsString::from)
            .to_vec();
    link.extend(extra.iter().map(OsString::from));
    link.extend(sources.iter().map(|source| source.with_extension("o").into()));
    link.extend(["verilated.o", "verilated_threads.o"].map(|file| runtime.join(file).into()));
    if recipe.trace {
        link.push(runtime.join("verilated_fst_c.o").into());
        link.push("-lz".into());
        if tools.traces_with_lz4 {
            link.push("-llz4".into());
        }
    }
    if tools.is_clang {
        // What GCC does in line (16-byte atomics of the runtime).
        link.push("-latomic".into());
    }
    link.push("-pthread".into());
    tools.compile("link", folder, &link)
}

/// A run of the instrumented build.
#[derive(Clone, Copy, Debug)]
struct Training {
    image: Size,
    cycles: u64,
}

impl Training {
    /// Up to the end of the first output: by then every part of the core has worked.
    fn new(manifest: &Manifest) -> Option<Self> {
        let first = manifest.prediction.as_ref()?.outputs.first()?;
        let cycles = (first.last + first.last / 20).min(MAX_TRAINING);
        manifest.feedback.stays_inside().then_some(Self { image: manifest.description.image, cycles })
    }

    /// The counts are written when the library is unloaded.
    fn run(self, library: &Path, folder: &Path) -> Result<(), CosimError> {
        let folder = folder.canonicalize().map_err(CosimError::file("read", folder))?;
        let mut design = bridge::open_design(&library.to_string_lossy(), &folder.to_string_lossy(), 1, false)
            .map_err(CosimError::load)?;
        let Size { width, height } = self.image;
        bridge::free_run(design.pin_mut(), width, height, self.cycles).map_err(CosimError::load)?;
        Ok(())
    }
}

/// Flags of every compilation.
fn flags(tools: &Toolchain, recipe: &Recipe) -> Vec<OsString> {
    let mut all: Vec<OsString> = recipe.flags.iter().map(OsString::from).collect();
    for folder in [tools.include.clone(), tools.include.join("vltstd")] {
        all.extend(["-isystem".into(), folder.into()]);
    }
    all
}

/// The command line that makes `name.o` of `source`.
fn object(tools: &Toolchain, recipe: &Recipe, source: &Path, name: &Path) -> Vec<OsString> {
    let mut all = flags(tools, recipe);
    all.extend(["-c".into(), source.into(), "-o".into(), name.with_extension("o").into()]);
    all
}

fn generated_sources(folder: &Path) -> Result<Vec<PathBuf>, CosimError> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(CosimError::file("read", folder))?
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|name| name.extension().is_some_and(|e| e == "cpp"))
        .collect();
    // Long ones first, so that the last job is a short one.
    names.sort();
    names.sort_by_key(|name| std::cmp::Reverse(fs::metadata(folder.join(name)).map_or(0, |m| m.len())));
    Ok(names)
}

/// One file that includes all: the headers are read once.
fn unity(folder: &Path) -> Result<PathBuf, CosimError> {
    let includes: Vec<String> =
        generated_sources(folder)?.iter().map(|name| format!("#include \"{}\"", name.display())).collect();
    let text = includes.join("\n") + "\n";
    write(&folder.join("unity.cpp"), &text)?;
    Ok(PathBuf::from("unity.cpp"))
}

fn write(path: &Path, text: &str) -> Result<(), CosimError> {
    fs::write(path, text).map_err(CosimError::file("write", path))
}

/// Runs `act` on all jobs, as many at once as there are processors.
///
/// Plain threads: a thread of rayon's pool, while it waits, may take over the building of another design and then
/// wait for the lock that it holds itself.
fn in_parallel<T: Sync>(jobs: &[T], act: impl Fn(&T) -> Result<(), CosimError> + Sync) -> Result<(), CosimError> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(jobs.len());
    std::thread::scope(|scope| {
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                act(job)?;
            }
            Ok(())
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|handle| handle.join().expect("the jobs do not panic"))
    })
}

// SPDX-License-Identifier: Apache-2.0
#include "design_handle.h"

#include <dlfcn.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace hwgen {

namespace {

/// Files of the waveform that is being written, for a signal's handler: it may neither allocate nor lock.
char s_waveform[4096];
char s_names[4096];

/// The writer of waveforms maps files into memory; where no room is left for a page of one, the system sends SIGBUS.
void no_room(int) {
    constexpr char text[] = "\rerror: the waveform: no room on the disk (or in /tmp); nothing of it was kept\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text, sizeof text - 1);
    unlink(s_waveform);
    unlink(s_names);
    _exit(2);
}

void guard(const std::string& path) {
    if (path.size() + 5 >= sizeof s_waveform) return;
    std::strcpy(s_waveform, path.c_str());
    std::strcpy(s_names, (path + ".hier").c_str());
    std::signal(SIGBUS, no_room);
}

}  // namespace

Design::Design(const std::string& library, const std::string& folder, uint64_t seed, bool random_initial) {
    library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library_) throw std::runtime_error(std::string{"cannot load the compiled design: "} + dlerror());
    char text[512] = "";
    const auto function = reinterpret_cast<HwgDesignFunction>(dlsym(library_, "hwg_design"));
    api_ = function ? function() : nullptr;
    if (!api_ || api_->abi != HWG_ABI) {
        dlclose(library_);
        throw std::runtime_error(library + " is not a design compiled by this version");
    }
    instance_ = api_->create(folder.c_str(), seed, random_initial, text, sizeof text);
    if (!instance_) {
        dlclose(library_);
        throw std::runtime_error(std::string{"the design does not start: "} + text);
    }
    api_->ports(instance_, &pins);
}

Design::~Design() {
    if (traced_) api_->trace_close(instance_);
    if (traced_) std::signal(SIGBUS, SIG_DFL);
    api_->destroy(instance_);
    dlclose(library_);
}

HwgSignal Design::find(const std::string& path) const {
    const size_t dot = path.rfind('.');
    HwgSignal signal{};
    if (dot == std::string::npos ||
        api_->find(instance_, path.substr(0, dot).c_str(), path.substr(dot + 1).c_str(), &signal) != 0) {
        throw std::runtime_error("no public signal `" + path + "` in the compiled design");
    }
    return signal;
}

void Design::trace(const std::string& path) {
    guard(path);
    if (api_->trace_open(instance_, path.c_str()) != 0) throw WaveformFailure(api_->failure(instance_));
    traced_ = true;
}

}  // namespace hwgen

// SPDX-License-Identifier: Apache-2.0
#include "design_handle.h"

#include <dlfcn.h>

namespace hwgen {

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
    if (api_->trace_open(instance_, path.c_str()) != 0) throw std::runtime_error(api_->failure(instance_));
    traced_ = true;
}

}  // namespace hwgen

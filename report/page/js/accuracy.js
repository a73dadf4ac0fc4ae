// Accuracy over a folder of images, where `hwgen evaluate --core` left it.
"use strict";

panels.push({
  id: "accuracy", title: "Accuracy",
  draw(section, core) {
    const outputs = core.evaluation?.outputs;
    if (!outputs?.length) {
      section.append(hint("Measure it on labelled images:", `hwgen evaluate --model ${core.folder}/model.safetensors --images DIR --labels DIR --core ${core.folder} -o ${core.folder}/evaluate`));
      return;
    }
    section.append(table(["output", "mIoU", "pixels right", "cycles", "frames/s"], outputs.map((output) => {
      const time = core.prediction.outputs.find((one) => one.output === output.output);
      return [output.output, percent(output.network.miou, 2), percent(output.network.pixel_accuracy, 2), time ? count(time.last + 1) : "–",
        time ? framesPerSecond(core, time.last + 1) : "–"];
    })));
  },
});

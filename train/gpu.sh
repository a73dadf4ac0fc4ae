#!/bin/sh
# A quarter of an hour on one large GPU: float weights, then a four-bit model, both measured.
#
#   train/gpu.sh DATA OUTPUT [FLAG…]    DATA: CamVid in the SegNet layout; OUTPUT: folder for everything that is written
#
# The data set lies in the GPU's memory and is varied there, the network is compiled and computed in bfloat16, and the stages
# end when their time does (recipes/camvid-480-gpu.yaml). A checkpoint follows every epoch, which takes seconds; after a kill the
# same command spends what is left of the time. Flags are those of `python -m itnet_train.recipe`, for example
#   --set float.minutes=40    more time          --weights FILE    float weights to begin with
# Environment: PYTHON, the interpreter; RECIPE, another recipe.
[ $# -ge 2 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ -n "$PYTHON" ] || { PYTHON=python3; [ -x "$here/.venv/bin/python" ] && PYTHON=$here/.venv/bin/python; }
export PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}"
data=$1 output=$2
shift 2
exec "$PYTHON" -m itnet_train.recipe "${RECIPE:-$here/recipes/camvid-480-gpu.yaml}" --data "$data" --output "$output" "$@"

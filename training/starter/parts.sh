#!/bin/bash
# Trains what docs/starter.md says each part of the recipe is worth by: short recipes, three seeds each or more, one
# after the other; finished ones are passed over, interrupted ones go on. Then calibrate, and compare:
#   training/starter/parts.sh RUNS
#   mmearth weights convert RUNS/base-0/base-0.safetensors --calibrate SCENES/*.tif -o MODELS     (each of them)
#   python -m training.compare base=MODELS/base-0.onnx,… teacher=… --half both --kept SCORES --data DATA -o parts.md
set -euo pipefail
runs="${1:?folder of the runs}"
config="$(dirname "${BASH_SOURCE[0]}")/starter-atto-p8.yaml"
declare -A weight=(
  [sentinel2]=1.0 [sentinel1]=0.3 [aster]=0.05 [dynamic_world]=0.5 [lat]=0.002 [lon]=0.002 [month]=0.01
  [teacher_galileo_nano]=0.2
)
short=(optimiser.epochs=12 watch.validate_epochs=12 mp_mae.haze=0 mp_mae.mask_ratio=0.6 mp_mae.agreement=2.0)

# What is predicted, with the weights above: the settings `predicted`.
predict() {
  local each outputs="" weighting=""
  for each in "$@"; do
    outputs+="${outputs:+,}$each" weighting+="${weighting:+, }$each: ${weight[$each]}"
  done
  predicted=("outputs=[$outputs]" "mp_mae.weighting={$weighting}")
}

modalities=(sentinel2 sentinel1 aster dynamic_world lat lon month)
untaught=("${short[@]}" mp_mae.teaching.weight=0)
predict "${modalities[@]}"
plain=("${untaught[@]}" "${predicted[@]}")
predict "${modalities[@]}" teacher_galileo_nano
taught=("${short[@]}" mp_mae.teaching.weight=1 "${predicted[@]}")
sensors=(mp_mae.cross_sensor.weight=0.5)
looks=(mp_mae.haze=0.5 mp_mae.patches=0.5 mp_mae.looks.dates=0.5 mp_mae.looks.scale=1.5)
cover=(mp_mae.guidance.weight=0.5)

train() {
  local name="$1" seed
  shift
  for seed in ${seeds:-0 1 2}; do
    [ -f "$runs/$name-$seed/$name-$seed.safetensors" ] || mmearth pretrain "$config" -o "$runs/$name-$seed" \
      --set "seed=$seed" "export.name=$name-$seed" "$@"
  done
}

mkdir -p "$runs"
train base "${plain[@]}"
train teacher "${taught[@]}"
train sensors "${plain[@]}" "${sensors[@]}"
train looks "${plain[@]}" "${looks[@]}"
train cover "${plain[@]}" "${cover[@]}"
train s2 "${untaught[@]}" outputs=s2 mp_mae.weighting=sum
train all "${taught[@]}" "${sensors[@]}" "${looks[@]}" "${cover[@]}"
# Size, patch, mask and response norm, each in the recipe with the teacher.
train mask30 "${taught[@]}" mp_mae.mask_ratio=0.3
train mask75 "${taught[@]}" mp_mae.mask_ratio=0.75
train patch16 "${taught[@]}" mp_mae.patch=16 mp_mae.crop=48
train femto "${taught[@]}" mp_mae.size=femto
train norm "${taught[@]}" mp_mae.grn=sample
# The headline of MMEarth in small: all modalities against Sentinel-2 alone by five seeds; and all less one group, with
# learned weights, and without the agreement of two looks.
seeds="3 4" train base "${plain[@]}"
seeds="3 4" train s2 "${untaught[@]}" outputs=s2 mp_mae.weighting=sum
predict sentinel2 aster dynamic_world lat lon month
train no_radar "${untaught[@]}" "${predicted[@]}"
predict sentinel2 sentinel1 dynamic_world lat lon month
train no_relief "${untaught[@]}" "${predicted[@]}"
predict sentinel2 sentinel1 aster lat lon month
train no_cover "${untaught[@]}" "${predicted[@]}"
predict sentinel2 sentinel1 aster dynamic_world
train no_place "${untaught[@]}" "${predicted[@]}"
train learned "${plain[@]}" mp_mae.weighting=uncertainty
train no_agreement "${plain[@]}" mp_mae.agreement=0

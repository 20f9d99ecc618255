#!/bin/bash
# The headline of MMEarth in small: all modalities against Sentinel-2 alone, at equal steps on the same tiles, five seeds;
# and, three seeds each, all modalities less one group, with learned weights, and without the agreement of two looks.
# The recipe is that of starter/parts.sh without a teacher (612 steps of 32); finished ones are passed over, interrupted
# ones go on. What the teacher and patches across sensors are worth is in starter/parts.sh.
#   python -m training.starter.make_tiles DATA tiles
#   training/headline.sh tiles RUNS
#   mmearth weights convert RUNS/all-0/all-0.safetensors --calibrate SCENES/*.tif -o MODELS     (each of them)
#   python -m training.compare all=MODELS/all-0.onnx,… s2=… --half both --kept SCORES --data DATA -o headline.md
set -euo pipefail
tiles="${1:?folder of the tiles}" runs="${2:?folder of the runs}"
config="$(dirname "${BASH_SOURCE[0]}")/starter/starter-atto-p8.yaml"
declare -A weights=(
  [sentinel2]=1.0 [sentinel1]=0.3 [aster]=0.05 [dynamic_world]=0.5 [lat]=0.002 [lon]=0.002 [month]=0.01
)
order=(sentinel2 sentinel1 aster dynamic_world lat lon month)
same=(
  "data.datasets=[$tiles]" optimiser.epochs=12 watch.validate_epochs=12 mp_mae.haze=0 mp_mae.mask_ratio=0.6
  mp_mae.teaching.weight=0
)

# NAME SEEDS "MODALITIES LEFT OUT" [SETTINGS …]
train() {
  local name="$1" seeds="$2" without=" $3 " outputs="" weighting="" seed each
  shift 3
  for each in "${order[@]}"; do
    [[ "$without" == *" $each "* ]] && continue
    outputs+="${outputs:+,}$each" weighting+="${weighting:+, }$each: ${weights[$each]}"
  done
  for ((seed = 0; seed < seeds; seed++)); do
    [ -f "$runs/$name-$seed/$name-$seed.safetensors" ] || mmearth pretrain "$config" -o "$runs/$name-$seed" \
      --set "seed=$seed" "export.name=$name-$seed" "${same[@]}" mp_mae.agreement=2.0 "outputs=[$outputs]" \
      "mp_mae.weighting={$weighting}" "$@"
  done
}

mkdir -p "$runs"
train all 5 ""
train s2 5 "sentinel1 aster dynamic_world lat lon month"
train no_radar 3 sentinel1
train no_relief 3 aster
train no_cover 3 dynamic_world
train no_place 3 "lat lon month"
train learned 3 "" mp_mae.weighting=uncertainty
train no_agreement 3 "" mp_mae.agreement=0

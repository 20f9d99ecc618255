#!/bin/bash
# Trains each method on the starter's tiles (training/starter) for 204 steps of 32 from the same random start, three seeds
# each; finished ones are passed over, interrupted ones go on. Two layers of transformer, and pairs of dates, make a step of
# omnisat and a2_mae affordable without a card. No tile has a canopy height, so `ns_mae` renders radar and image alone.
#   python -m training.starter.make_tiles DATA tiles
#   training/configs/methods/on_tiles.sh tiles RUNS
#   mmearth weights convert RUNS/softcon-0/softcon-0.safetensors --calibrate SCENES/*.tif -o MODELS     (each of them)
#   python -m training.compare mp_mae=MODELS/mp_mae-0.onnx,… softcon=… --half both --kept SCORES --data DATA
set -euo pipefail
tiles="${1:?folder of the tiles}" runs="${2:?folder of the runs}"
here="$(dirname "${BASH_SOURCE[0]}")"
same=(
  "data.datasets=[$tiles]" data.hold_out=0.3 data.block_degrees=1.0 data.hold_out_seed=8 data.unplaced=learn data.workers=0
  optimiser.epochs=4 optimiser.warmup_epochs=1 watch.validate_epochs=4 watch.picture_epochs=0 threads=1
)

mkdir -p "$runs"
for seed in 0 1 2; do
  for method in mp_mae softcon omnisat a2_mae ns_mae; do
    config="$method"
    case "$method" in
      mp_mae) changes=("outputs=[sentinel2,sentinel1,aster,dynamic_world,lat,lon,month]") ;;
      omnisat) changes=(omnisat.depth=2 omnisat.heads=8) ;;
      a2_mae) changes=(a2_mae.images=2 a2_mae.depth=2 a2_mae.decoder_depth=1) ;;
      ns_mae)
        config=ns_mae_tiles
        weights="canopy_height: 0, canopy_spread: 0, canopy_cover: 0, s1_asc: 1, s1_desc: 1, sentinel2: 1"
        changes=("ns_mae.weighting={$weights}")
        ;;
      *) changes=() ;;
    esac
    name="$method-$seed"
    [ -f "$runs/$name/$name.safetensors" ] || mmearth pretrain "$here/$config.yaml" -o "$runs/$name" \
      --set "seed=$seed" "export.name=$name" "${same[@]}" "${changes[@]}"
  done
done

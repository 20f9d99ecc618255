#!/bin/bash
# Everything that is asked of a graphics card, in one go: benchmarks/gpu.sh [OUTPUT.txt]
# Wants torch that knows the card, and the package: pip install -e '.[torch]'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
timeout 480 python -m benchmarks.gpu | tee "${1:-gpu.txt}"

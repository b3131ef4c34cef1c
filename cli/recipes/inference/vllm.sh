#!/bin/sh
# Starts vLLM as its variables say. Variables are read here rather than put into the recipe's command, so
# what a request sets is an argument and never a part of a script.
set -eu
set -- serve "$VLLM_MODEL" --host "$HOST" --port "$PORT" --served-model-name "$VLLM_MODEL"
[ -z "${VLLM_MAX_MODEL_LEN:-}" ] || set -- "$@" --max-model-len "$VLLM_MAX_MODEL_LEN"
[ -z "${VLLM_TENSOR_PARALLEL_SIZE:-}" ] || set -- "$@" --tensor-parallel-size "$VLLM_TENSOR_PARALLEL_SIZE"
[ -z "${VLLM_GPU_MEMORY_UTILIZATION:-}" ] ||
  set -- "$@" --gpu-memory-utilization "$VLLM_GPU_MEMORY_UTILIZATION"
exec vllm "$@"

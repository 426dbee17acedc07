#pragma once
#include <stdint.h>
#include "sizes.h"

extern uint8_t buffer[MODEL_INPUT_BYTES];

// A sensor that plays recorded data. An emulated board has one; a board on a desk has not, and says so.
#pragma once
#include <stdint.h>

#define MAX_AXES 8

int sensor_choose(const char *name);              // 1 where there is a recording of that name
int sensor_only_class(int32_t number);            // only rows of that class, -1 for all; 0 where there are none
int sensor_sample(uint32_t k, int32_t *values);  // row k of the chosen recording; returns the number of axes
void sensor_say_facts(void);                      // the recording, as m-info-[key=value]
void sensor_say_names(void);                      // the recordings there are: ",motion,mote"

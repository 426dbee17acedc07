// Every command is a function of the words that follow its name.
#pragma once
#include <stdint.h>

uint16_t crc16(uint16_t crc, const uint8_t *bytes, int n);
void say_field(const char *kind, const char *key, int32_t value);  // m-KIND-[KEY=VALUE]
void say_lap(uint32_t us);

void command_db(char *rest);
void command_bload(char *rest);
void command_crc(char *rest);
void command_infer(char *rest);
void infer_once(void);
void command_results(char *rest);
void command_output(char *rest);
void command_layer(char *rest);
void command_requant(char *rest);
void command_stream(char *rest);
void command_set(char *rest);
void say_source(void);  // where stream takes its values, as m-info-[key=value]

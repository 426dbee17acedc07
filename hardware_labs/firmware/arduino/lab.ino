// The lab firmware as an Arduino sketch: the same C files as on the emulated boards, over Serial and micros().
// Written by `hardware-labs build KIND --sketch FOLDER`. Open lab.ino in the Arduino IDE, choose the board, upload.
extern "C" int lab_main(void);

void setup() { lab_main(); }  // answers commands, and does not return

void loop() {}

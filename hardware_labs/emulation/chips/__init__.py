"""The registers of each chip that the firmware uses.

In reading order:

    nrf52840   Arduino Nano 33 BLE
    tim2       the timer that the two STM32 have in common
    stm32f405  STM32F405 boards
    stm32h747  Arduino Nicla Vision
    tables     the table of each chip by its name
"""

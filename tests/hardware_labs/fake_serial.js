// The browser's serial API as a page sees it, for a browser without a person: requestPort() asks
// `fakeSerial.answer` instead of showing a list. A port is bridged by WebSocket to a serial device.
(() => {
  const bridge = "ws://127.0.0.1:BRIDGE_PORT/";

  class Port extends EventTarget {
    readable = null;
    writable = null;

    async open({ baudRate }) {
      if (this.readable) throw new DOMException("The port is already open.", "InvalidStateError");
      const socket = new WebSocket(bridge);
      socket.binaryType = "arraybuffer";
      await new Promise((ok, no) => {
        socket.onmessage = ok;  // the bridge says "open" once it holds the device
        socket.onclose = () => no(new DOMException("Failed to open serial port.", "NetworkError"));
      });
      this.baudRate = baudRate;
      this.socket = socket;
      this.readable = new ReadableStream({
        start: (out) => {
          socket.onmessage = (event) => out.enqueue(new Uint8Array(event.data));
          socket.onclose = () => {
            if (this.socket !== socket) return;
            this.socket = this.readable = this.writable = null;
            out.error(new DOMException("The device has been lost.", "NetworkError"));
            serial.tell("disconnect", this);
          };
        },
      });
      this.writable = new WritableStream({ write: (bytes) => socket.send(bytes) });
    }

    async close() {
      const socket = this.socket;
      this.socket = this.readable = this.writable = null;
      if (socket) socket.close();
    }

    async setSignals() {}
    getInfo() {
      return { usbVendorId: 0x2341, usbProductId: 0x805a };
    }
  }

  const port = new Port();
  class Serial extends EventTarget {
    async requestPort() {
      if (!navigator.userActivation.isActive)
        throw new DOMException("Must be handling a user gesture.", "SecurityError");
      const { answer } = window.fakeSerial;
      if (answer === "nobody") throw new DOMException("No port selected by the user.", "NotFoundError");
      if (answer === "forever") return new Promise(() => {});
      return port;
    }
    async getPorts() {
      return [port];
    }
    tell(kind, target) {  // in the browser these bubble up from the port
      const event = new Event(kind);
      Object.defineProperty(event, "target", { value: target });
      this.dispatchEvent(event);
    }
  }
  const serial = new Serial();
  Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
  window.fakeSerial = { answer: "port", plugIn: () => serial.tell("connect", port) };
})();

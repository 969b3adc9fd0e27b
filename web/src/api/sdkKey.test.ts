import { expect, test } from "vitest";
import { sdkKey } from "./sdkKey";

test("a plain http server is named with its port and the insecure word", () => {
  expect(sdkKey("http://127.0.0.1:8080", "K")).toBe("127.0.0.1:8080:__force_insecure:K");
  expect(sdkKey("http://imaging.example", "K")).toBe("imaging.example:80:__force_insecure:K");
});
test("a TLS server is named by its host, and its port when unusual", () => {
  expect(sdkKey("https://imaging.example", "K")).toBe("imaging.example:K");
  expect(sdkKey("https://imaging.example:8443", "K")).toBe("imaging.example:8443:K");
});

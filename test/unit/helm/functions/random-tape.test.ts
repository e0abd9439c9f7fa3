import { describe, expect, it } from "vitest";
import { createRecordingSource } from "../../../../helm/functions/random-tape.ts";
import { renderText } from "../template/render-text.ts";

const everything = [
  "{{ randAlphaNum 12 }} {{ randAlpha 5 }} {{ randNumeric 6 }} {{ randAscii 8 }} {{ randBytes 9 }} {{ randInt 1 1000000 }}",
  '{{ uuidv4 }} {{ shuffle "abcdefghijklmnop" }} {{ bcrypt "p" }} {{ htpasswd "u" "p" }} {{ encryptAES "k" "text" }}',
  '{{ now | date "2006-01-02T15:04:05.000" }} {{ genPrivateKey "ecdsa" }} {{ genPrivateKey "ed25519" }}',
  '{{ $ca := genCA "ca" 10 }}{{ $c := genSignedCert "x" nil (list "a.b") 5 $ca }}{{ $c.Cert }}{{ $c.Key }}{{ $ca.Cert }}',
  '{{ (genSelfSignedCert "x" (list "10.0.0.1") nil 5).Cert }}',
].join("\n");

describe("a recorded run", () => {
  it("gives the same bytes when it is replayed, and draws nothing anew", () => {
    const first = createRecordingSource();
    const text = renderText(everything, { random: first });
    const second = createRecordingSource(first.tape());
    expect(renderText(everything, { random: second, now: () => 1_000_000 })).toBe(text);
    expect(second.fresh()).toBe(0);
    expect(second.tape()).toEqual(first.tape());
    expect(renderText(everything)).not.toBe(text);
  });

  it("tells calls with the same arguments apart by their order", () => {
    const first = createRecordingSource();
    const text = renderText("{{ randAlphaNum 8 }} {{ randAlphaNum 8 }} {{ randAlphaNum 8 }}", { random: first });
    const parts = text.split(" ");
    expect(new Set(parts).size).toBe(3);
    const fewer = renderText("{{ randAlphaNum 8 }} {{ randAlphaNum 8 }}", {
      random: createRecordingSource(first.tape()),
    });
    expect(fewer).toBe(parts.slice(0, 2).join(" "));
  });

  it("keeps what is there and draws only what is new when the template grows", () => {
    const first = createRecordingSource();
    const password = renderText("{{ randAlphaNum 16 }}", { random: first });
    const second = createRecordingSource(first.tape());
    const both = renderText("{{ randNumeric 4 }}/{{ randAlphaNum 16 }}", { random: second });
    expect(both.split("/")[1]).toBe(password);
    expect(second.fresh()).toBe(1);
  });

  it("draws anew when an argument changes", () => {
    const first = createRecordingSource();
    renderText("{{ htpasswd .user .password }}", { random: first, data: { user: "u", password: "one" } });
    const second = createRecordingSource(first.tape());
    renderText("{{ htpasswd .user .password }}", { random: second, data: { user: "u", password: "two" } });
    expect(second.fresh()).toBe(1);
  });

  it("holds no argument in plain text", () => {
    const source = createRecordingSource();
    renderText('{{ bcrypt "hunter2" }}', { random: source });
    expect(
      source
        .tape()
        .map(({ key }) => key)
        .join(),
    ).toMatch(/^bcrypt@t\.yaml#[0-9a-f]{16}$/);
    expect(JSON.stringify(source.tape())).not.toContain("hunter2");
  });
});

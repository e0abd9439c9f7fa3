import { type GoField, GoObject, type GoValue } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";

/** sprig's `certificate`: a certificate and its key in PEM. */
export class GoCertificate extends GoObject {
  readonly goType = "sprig.certificate";
  readonly kind = "struct";
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    super();
    this.cert = cert;
    this.key = key;
  }

  override field(name: string): GoField | undefined {
    if (name === "Cert") return { value: this.cert };
    return name === "Key" ? { value: this.key } : undefined;
  }

  goString(): string {
    return `{${this.cert} ${this.key}}`;
  }

  override goSyntax(): string {
    return `sprig.certificate{Cert:${quoteString(this.cert)}, Key:${quoteString(this.key)}}`;
  }

  toJsonValue(): GoValue {
    return new Map([
      ["Cert", this.cert],
      ["Key", this.key],
    ]);
  }
}

import type { ImageScan } from "../api/fleet-yaml.ts";
import { AppError } from "../errors.ts";
import { safeConcatName } from "../names.ts";
import type { BundleOptions } from "./bundle-options.ts";
import { derivedBundleName } from "./derive-name.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import type { FleetYamlReading } from "./read-fleet-yaml.ts";

/** An image scan that a fleet.yaml asks for. */
export interface NamedImageScan {
  readonly name: string;
  readonly spec: ImageScan;
}

/**
 * Returns the image scans of a fleet.yaml. Throws FLEET_YAML_INVALID where image scanning is off, or a scan has no
 * `tagName`.
 */
export function readImageScans(reading: FleetYamlReading, options: BundleOptions, dir: BundleDir): NamedImageScan[] {
  const scans = reading.options.imageScans ?? [];
  if (scans.length === 0) return [];
  if (options.imageScansEnabled !== true) {
    const position = reading.locate(["imageScans"]);
    const message = "imageScans is used but image scanning is off; remove it, or turn image scanning on";
    throw new AppError("FLEET_YAML_INVALID", `${position.file ?? ""}:${position.line ?? 1}: ${message}`, {
      verdict: "stalled",
      position,
    });
  }
  const base = derivedBundleName(options.name, dir);
  return scans.flatMap((scan, index) => {
    if ((scan.image ?? "") === "") return [];
    if ((scan.tagName ?? "") === "") {
      const at = reading.locate(["imageScans", index]);
      const message = `${at.file ?? ""}:${at.line ?? 1}: imageScans[${index}] needs a tagName`;
      throw new AppError("FLEET_YAML_INVALID", message, { verdict: "stalled", position: at });
    }
    const { name: _, ...spec } = scan;
    return [{ name: safeConcatName("imagescan", base, String(index)), spec }];
  });
}

import { SegmentedControl } from "@mantine/core";
import { t } from "@/i18n/text";
import { DENSITIES, useDensity } from "@/ui/density";

/** How close the rows of tables and lists stand. */
export function DensityChoice() {
  const { density, setDensity } = useDensity();
  return (
    <SegmentedControl
      fullWidth
      aria-label={t("Density")}
      value={density}
      onChange={setDensity}
      data={DENSITIES.map(([value, label]) => ({ value, label }))}
    />
  );
}

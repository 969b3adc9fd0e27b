import { Button } from "@mantine/core";
import { t } from "@/i18n/text";

/** Takes all filters away; not there when there are none. */
export function ClearFilters({ shown, onClear }: { shown: boolean; onClear: () => void }) {
  return shown ? (
    <Button variant="subtle" color="gray" w="auto" onClick={onClear}>
      {t("Clear filters")}
    </Button>
  ) : null;
}

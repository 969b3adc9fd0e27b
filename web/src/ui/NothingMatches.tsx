import { Button } from "@mantine/core";
import { figure, t } from "@/i18n/text";
import { Message } from "./Message";

/** No row passes the filters. */
export function NothingMatches({ of, onClear }: { of?: number | undefined; onClear: () => void }) {
  return (
    <Message
      title={
        of === undefined ? t("Nothing matches these filters") : t("0 of {total} match", { total: figure(of) })
      }
      action={
        <Button variant="default" onClick={onClear}>
          {t("Clear filters")}
        </Button>
      }
    />
  );
}

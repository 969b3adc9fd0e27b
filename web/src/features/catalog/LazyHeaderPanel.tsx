import { type ComponentProps, lazy, Suspense } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { Panel } from "@/ui/Panel";
import type { HeaderPanel } from "./HeaderPanel";

const Table = lazy(async () => ({ default: (await import("./HeaderPanel")).HeaderPanel }));

/** The header with its table, whose code comes after the page around it. */
export function LazyHeaderPanel(props: ComponentProps<typeof HeaderPanel>) {
  return (
    <Suspense
      fallback={
        <Panel title={t("DICOM header")}>
          <Loading />
        </Panel>
      }
    >
      <Table {...props} />
    </Suspense>
  );
}

import { useMemo } from "react";
import { t } from "@/i18n/text";
import { DataTable } from "@/ui/table/DataTable";
import { ContentBox, CutNote } from "./ContentBox";
import { type PreviewProps, TABLE_LIMIT, useText } from "./content";
import classes from "./Preview.module.css";
import { asTable } from "./table";

const nothing = () => {};

/** CSV and TSV as a grid. */
export function TableView({ file }: PreviewProps) {
  return (
    <ContentBox asked={useText(file, TABLE_LIMIT)} empty={({ text }) => text.trim() === ""}>
      {({ text, cut }) => (
        <>
          <CutNote cut={cut} what={t("the first 5 MB")} />
          <Grid name={file.name} text={text} cut={cut} />
        </>
      )}
    </ContentBox>
  );
}

function Grid({ name, text, cut }: { name: string; text: string; cut: boolean }) {
  const { columns, rows } = useMemo(() => asTable(text, cut), [text, cut]);
  return (
    <div className={classes.grid}>
      <DataTable
        name="preview"
        label={name}
        columns={columns}
        total={rows.length}
        rows={rows}
        rowAt={(index) => rows[index]}
        onRange={nothing}
        onOpen={nothing}
        empty={null}
      />
    </div>
  );
}

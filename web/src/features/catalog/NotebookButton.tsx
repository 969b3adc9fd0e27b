import { Anchor, Button, Checkbox, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { saveBlob } from "@/api/download";
import type { HandOver } from "@/api/types";
import { t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { dateTime } from "@/ui/format";
import { ShownOnce } from "@/ui/ShownOnce";

/** Hands a project over to Jupyter. */
export function NotebookButton({ project }: { project: string }) {
  const [asking, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t("Open in notebook")}
      </Button>
      {asking ? <NotebookDialog project={project} onClose={dialog.close} /> : null}
    </>
  );
}

/** A notebook as a file, and a key of the user's for this project alone. */
function NotebookDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const [readOnly, setReadOnly] = useState(false);
  const make = useMutation({
    mutationFn: () => api.post<HandOver>(`/projects/${project}/notebook`, { read_only: readOnly }),
    onSuccess: ({ name, notebook }) =>
      saveBlob(new Blob([JSON.stringify(notebook)], { type: "application/x-ipynb+json" }), name),
  });
  if (make.data) {
    const { name, key, expires, url } = make.data;
    return (
      <ShownOnce
        title={t("Open in notebook")}
        words={t("Copy the key now. It is not shown again, and ends {expires}.", {
          expires: dateTime(expires),
        })}
        secret={key}
        onClose={onClose}
      >
        <Text size="sm">
          {t(
            "{name} was downloaded. It holds no key: give it this one when it asks, or as TREADLE_API_KEY.",
            { name },
          )}
        </Text>
        {url ? (
          <Anchor href={url} target="_blank" rel="noreferrer">
            {t("Open Jupyter")}
          </Anchor>
        ) : null}
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title={t("Open in notebook")}
      action={t("Make notebook")}
      busy={make.isPending}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate()}
    >
      <Text size="sm">
        {t("A Jupyter notebook that begins with this project, and a key of yours for this project alone.")}
      </Text>
      <Checkbox
        label={t("The key only reads")}
        checked={readOnly}
        onChange={(event) => setReadOnly(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}

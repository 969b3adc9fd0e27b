import { Button, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Enrolment } from "@/api/types";
import { t } from "@/i18n/text";
import { CodeInput } from "./CodeInput";
import { EnrolmentPicture } from "./EnrolmentPicture";

interface CodeStepProps {
  enrolment: Enrolment | null;
  busy: boolean;
  onSubmit: (code: string) => void;
  onBack: () => void;
}

/** The second factor; `enrolment` when it is being set up on the way in. */
export function CodeStep({ enrolment, busy, onSubmit, onBack }: CodeStepProps) {
  const [code, setCode] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(code);
    setCode("");
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {enrolment ? <EnrolmentPicture enrolment={enrolment} /> : null}
        <CodeInput
          value={code}
          onChange={setCode}
          {...(enrolment ? {} : { description: t("From your authenticator app, or a recovery code.") })}
        />
        <Button type="submit" loading={busy} fullWidth>
          {t("Continue")}
        </Button>
        <Button variant="subtle" color="gray" onClick={onBack} fullWidth>
          {t("Back")}
        </Button>
      </Stack>
    </form>
  );
}

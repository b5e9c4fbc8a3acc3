// The form of a comment: files are sent one by one as they are chosen or dropped, each with its progress, and the comment
// names those that have arrived.
import { csrfToken, icon, make } from "../parts/dom";
import { showToast } from "../parts/toasts";

interface Stored {
  id: string;
  filename: string;
}

class Composer {
  readonly #form: HTMLFormElement;
  readonly #files: HTMLElement;
  readonly #limit: number;
  #underWay = 0;

  constructor(form: HTMLFormElement, files: HTMLElement, input: HTMLInputElement) {
    this.#form = form;
    this.#files = files;
    this.#limit = Number(form.dataset.limit);
    input.addEventListener("change", () => {
      this.#take(input.files);
      input.value = "";
    });
    form.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.dataset.over = "";
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget as Node | null)) delete form.dataset.over;
    });
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      delete form.dataset.over;
      this.#take(event.dataTransfer.files);
    });
    form.addEventListener("paste", (event) => this.#take(event.clipboardData?.files ?? null));
    form.addEventListener("reset", () => this.#files.replaceChildren());
    // A comment waits for its files: one that left without them could not get them any more.
    form.addEventListener(
      "htmx:confirm",
      (event) => {
        if (this.#underWay === 0) return;
        event.preventDefault();
        showToast("A file is still on its way. Send the comment once it has arrived.", "failure");
      },
      true,
    );
  }

  #take(files: FileList | null): void {
    for (const file of files ?? []) this.#send(file);
  }

  #send(file: File): void {
    const line = make("li", {}, icon("paperclip"), make("span", {}, file.name));
    this.#files.append(line);
    if (file.size > this.#limit) {
      this.#fail(line, file, `is larger than ${Math.round(this.#limit / 1024 / 1024)} MB`);
      return;
    }
    const bar = make("progress", { class: "progress", max: "1", value: "0", "aria-label": `${file.name} on its way` });
    const cancel = this.#button("Cancel");
    line.append(bar, cancel);
    const request = new XMLHttpRequest();
    request.open("POST", `/attachments?filename=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      this.#underWay -= 1;
      bar.remove();
      cancel.remove();
      if (request.status === 201) this.#keep(line, JSON.parse(request.responseText) as Stored);
      else if (request.status === 0) line.remove();
      else this.#fail(line, file, request.status === 413 ? "is too large" : "could not be stored");
    });
    cancel.addEventListener("click", () => request.abort());
    this.#underWay += 1;
    request.send(file);
  }

  #keep(line: HTMLElement, stored: Stored): void {
    const remove = this.#button(`Remove ${stored.filename}`);
    remove.addEventListener("click", () => line.remove());
    line.append(make("input", { type: "hidden", name: "attachment_ids", value: stored.id }), icon("check"), remove);
    this.#form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #fail(line: HTMLElement, file: File, why: string): void {
    line.remove();
    showToast(`${file.name} ${why}.`, "failure");
  }

  #button(label: string): HTMLButtonElement {
    const made = make("button", { type: "button", class: "button ghost small square", "aria-label": label });
    made.append(icon("x"));
    return made;
  }
}

export function start(element: HTMLElement): void {
  const files = element.querySelector<HTMLElement>("[data-files]");
  const input = element.querySelector<HTMLInputElement>("input[type=file]");
  if (element instanceof HTMLFormElement && files && input) new Composer(element, files, input);
}

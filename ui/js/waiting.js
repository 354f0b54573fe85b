// While the library is being read: shows how far that is, and loads the page as soon as it can answer.

const bar = document.getElementById("progress");

async function look() {
  try {
    const response = await fetch("healthz", { cache: "no-store" });
    if (response.ok) {
      location.reload();
      return;
    }
    const { done, total } = await response.json();
    if (total) {
      bar.max = total;
      bar.value = done;
    }
  } catch {
    // Between the waiting page and the page itself nothing answers for a moment.
  }
  setTimeout(look, 1000);
}

look();

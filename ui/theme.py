"""The look of Gradio's own parts: the colours of css/colours.css, so that light, dark and high contrast hold for them too."""

from __future__ import annotations

import inspect

import gradio as gr

# The fonts of the reader's own machine: none is fetched.
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONOSPACED = ("ui-monospace", "monospace")

_LOOK = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--soft)",
    "background_fill_primary": "var(--card)",
    "background_fill_secondary": "var(--paper)",
    "block_background_fill": "none",
    "block_border_width": "0px",
    "block_shadow": "none",
    "block_padding": "0px",
    "block_title_background_fill": "none",
    "block_title_text_color": "var(--ink)",
    "block_title_padding": "0px",
    "block_title_text_size": "1.45rem",
    "block_title_text_weight": "700",
    "block_info_text_color": "var(--soft)",
    "block_info_text_size": "1rem",
    "input_background_fill": "var(--paper)",
    "input_background_fill_focus": "var(--paper)",
    "input_background_fill_hover": "var(--paper)",
    "input_border_color": "var(--edge)",
    "input_border_color_focus": "var(--edge)",
    "input_border_color_hover": "var(--edge)",
    "input_border_width": "2px",
    "input_padding": "0.9rem 1rem",
    "input_radius": "0.7rem",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "input_text_size": "1.25rem",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent)",
    "button_primary_border_color": "var(--accent)",
    "button_primary_border_color_hover": "var(--accent)",
    "button_primary_text_color": "var(--on-accent)",
    "button_primary_text_color_hover": "var(--on-accent)",
    "button_primary_shadow": "none",
    "button_primary_shadow_hover": "none",
    "button_primary_shadow_active": "none",
    "button_border_width": "2px",
    "button_large_padding": "0.6rem 2rem",
    "button_large_radius": "0.7rem",
    "button_large_text_size": "1.25rem",
    "button_large_text_weight": "700",
    "button_transition": "none",
    "color_accent": "var(--accent)",
    "loader_color": "var(--accent)",
    "error_background_fill": "var(--caution)",
    "error_border_color": "var(--alarm)",
    "error_text_color": "var(--ink)",
    "error_icon_color": "var(--alarm)",
}


def page_theme() -> gr.themes.Base:
    """The theme of the page. Its values change with the colours by themselves, so dark ones are the same."""
    theme = gr.themes.Base(font=list(_FONTS), font_mono=list(_MONOSPACED))
    known = inspect.signature(theme.set).parameters
    dark = {f"{name}_dark": value for name, value in _LOOK.items() if f"{name}_dark" in known}
    return theme.set(**_LOOK, **dark)

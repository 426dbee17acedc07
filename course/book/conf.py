"""Sphinx's settings for the book: MyST through myst-nb, the book theme, nothing from outside."""

project = "Machine Learning Systems"
author = "The authors of the course"
language = "en"
extensions = ["myst_nb", "sphinx-mathjax-offline", "book.sphinx_pages"]
root_doc = "index"
exclude_patterns = ["static", "locales", "readme", "templates", "jupyter_execute", "**/__pycache__"]
nb_custom_formats = {".md": ["book.page_reader.read", {}, False]}
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]
nitpicky = False
locale_dirs: list[str] = []  # pages are translated before they are read: see translatable.py
templates_path = ["templates"]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = ["checks.js"]
html_copy_source = False
html_show_search_summary = False  # it fetches pages, which a browser refuses to a folder
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "footer_content_items": "rights",
    "article_header_end": ["languages", "article-header-buttons"],
    "navbar_persistent": [],
    "show_navbar_depth": 1,
}

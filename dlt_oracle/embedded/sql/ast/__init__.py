"""The syntax tree of one Oracle statement: frozen dataclasses, names already folded.

``parse.parse`` makes it and nothing else does. A tree holds what was written and nothing looked up: whether
``A.B`` is a column or a package's function is for the analyzer to find out.
"""

from dlt_oracle.embedded.sql.ast.admin import *  # noqa: F403 - one name space for the readers of trees
from dlt_oracle.embedded.sql.ast.ddl import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.dml import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.expressions import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.node import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.plsql import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.queries import *  # noqa: F403
from dlt_oracle.embedded.sql.ast.tables import *  # noqa: F403
